@NullMarked
package org.tandemopc.testkit.proxy;

import org.jspecify.annotations.NullMarked;
