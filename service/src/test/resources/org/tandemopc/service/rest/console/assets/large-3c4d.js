// A file that was compressed when the console was built: the words are said again, again, again, again, again, again, again, again.
console.log('again, again, again, again, again, again, again, again, again, again, again, again, again, again, again');
