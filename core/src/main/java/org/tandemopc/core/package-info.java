/** The words of Tandem and its decisions. Touches no clock, thread, socket or file. */
@NullMarked
package org.tandemopc.core;

import org.jspecify.annotations.NullMarked;
