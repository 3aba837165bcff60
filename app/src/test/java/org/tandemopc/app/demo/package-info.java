@NullMarked
package org.tandemopc.app.demo;

import org.jspecify.annotations.NullMarked;
