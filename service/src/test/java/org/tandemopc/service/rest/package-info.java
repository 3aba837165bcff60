@NullMarked
package org.tandemopc.service.rest;

import org.jspecify.annotations.NullMarked;
