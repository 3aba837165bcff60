@NullMarked
package org.tandemopc.core.config;

import org.jspecify.annotations.NullMarked;
