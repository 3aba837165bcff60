/** B-U1: how soon a program that was just started answers. */
@NullMarked
package org.tandemopc.bench.start;

import org.jspecify.annotations.NullMarked;
