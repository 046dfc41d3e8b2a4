/** XML 1.0 has these characters and no others; SQS refuses the rest. */
export const XML_TEXT = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
