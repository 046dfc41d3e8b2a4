/** What every client of an embedded engine signs with. The engines want a signature and check none. */
export const ENGINE_CREDENTIALS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** The embedded SQS keeps queues apart by the region of the signature; its queue URLs ignore it. */
export const ENGINE_SQS_REGION = 'us-east-1';
