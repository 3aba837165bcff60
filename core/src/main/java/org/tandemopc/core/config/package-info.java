/** The configuration of pairs and its validation. */
@NullMarked
package org.tandemopc.core.config;

import org.jspecify.annotations.NullMarked;
