/** The console in a browser: how soon it is there, and whether it lags. */
@NullMarked
package org.tandemopc.bench.console;

import org.jspecify.annotations.NullMarked;
