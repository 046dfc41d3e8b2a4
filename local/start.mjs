// Plain JavaScript, so that a Node too old for TypeScript can still say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Roomcast's local stack needs Node 22.18 or newer, and this is ${process.version}. Run "npm ci" and then "npm start": npm scripts use the Node 24 that the project brings.`,
  );
  process.exit(1);
}
await import('./main.ts');
