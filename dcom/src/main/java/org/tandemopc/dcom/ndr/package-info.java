/**
 * NDR 2.0, the transfer syntax of DCE/RPC (C706 chapter 14), and the types of OLE Automation on the wire ([MS-OAUT]).
 *
 * <p>NDR writes a structure in three passes: the <em>conformance</em>, which is the sizes of the arrays at its end; its
 * <em>body</em>, in which a pointer is only a number, the referent; and what the pointers point to, <em>deferred</em> to the
 * end of the outermost structure or array. {@link org.tandemopc.dcom.ndr.NdrReader} and
 * {@link org.tandemopc.dcom.ndr.NdrWriter} keep the queue of what is deferred; all else is left to the codecs, which say
 * field by field what the IDL says. Octets of both byte orders are read; little endian is written.
 */
@NullMarked
package org.tandemopc.dcom.ndr;

import org.jspecify.annotations.NullMarked;
