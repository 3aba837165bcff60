@NullMarked
package org.tandemopc.service;

import org.jspecify.annotations.NullMarked;
