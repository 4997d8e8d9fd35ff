// Reads everything and answers nothing.
process.stdin.resume();
setInterval(() => {}, 60_000);
