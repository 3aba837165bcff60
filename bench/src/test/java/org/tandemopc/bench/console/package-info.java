@NullMarked
package org.tandemopc.bench.console;

import org.jspecify.annotations.NullMarked;
