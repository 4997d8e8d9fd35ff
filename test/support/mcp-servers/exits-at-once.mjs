// Ends before it says a word of MCP. Arguments: the exit code, and what to write to standard error.
const [code = '3', message = 'The configuration file is missing.'] = process.argv.slice(2);
process.stderr.write(`${message}\n`, () => process.exit(Number(code)));
