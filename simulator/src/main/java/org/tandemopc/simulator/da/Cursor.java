package org.tandemopc.simulator.da;

import java.util.List;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;

/** What all enumerators of COM do, over a list that does not change. Any thread. */
final class Cursor<T> {
    private final List<T> all;
    private int at;

    Cursor(List<T> all) {
        this(all, 0);
    }

    private Cursor(List<T> all, int at) {
        this.all = List.copyOf(all);
        this.at = at;
    }

    /** @param celt 0 to 4,294,967,295 */
    synchronized Result<List<T>> next(long celt) {
        int count = Math.toIntExact(Math.min(celt, all.size() - at));
        List<T> some = all.subList(at, at + count);
        at += count;
        return Result.success(count == celt ? HResult.S_OK : HResult.S_FALSE, some);
    }

    synchronized Result<Nothing> skip(long celt) {
        int count = Math.toIntExact(Math.min(celt, all.size() - at));
        at += count;
        return Result.success(count == celt ? HResult.S_OK : HResult.S_FALSE, Nothing.NOTHING);
    }

    synchronized Result<Nothing> reset() {
        at = 0;
        return Result.ok(Nothing.NOTHING);
    }

    synchronized Cursor<T> copy() {
        return new Cursor<>(all, at);
    }
}
