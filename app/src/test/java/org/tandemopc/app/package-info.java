@NullMarked
package org.tandemopc.app;

import org.jspecify.annotations.NullMarked;
