/** The {@code tandem} command. {@link org.tandemopc.app.Wiring} is the only place that makes objects of several modules. */
@NullMarked
package org.tandemopc.app;

import org.jspecify.annotations.NullMarked;
