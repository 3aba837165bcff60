@NullMarked
package org.tandemopc.app.command;

import org.jspecify.annotations.NullMarked;
