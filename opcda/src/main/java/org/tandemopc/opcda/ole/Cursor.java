package org.tandemopc.opcda.ole;

import java.util.List;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;

/** What all enumerators of COM do, over a list that does not change. Any thread. */
public final class Cursor<T> {
    private final List<T> all;
    private final int batchMax;
    private int at;

    /** At the beginning. */
    public Cursor(List<T> all) {
        this(all, Integer.MAX_VALUE);
    }

    /** @param batchMax so many are given at once at most, whatever is asked for: fewer than asked for is S_FALSE */
    public Cursor(List<T> all, int batchMax) {
        this(List.copyOf(all), batchMax, 0);
    }

    private Cursor(List<T> all, int batchMax, int at) {
        this.all = all;
        this.batchMax = batchMax;
        this.at = at;
    }

    /** @param celt 0 to 4,294,967,295 */
    public synchronized Result<List<T>> next(long celt) {
        int count = Math.toIntExact(Math.min(Math.min(celt, batchMax), all.size() - at));
        List<T> some = all.subList(at, at + count);
        at += count;
        return Result.success(count == celt ? HResult.S_OK : HResult.S_FALSE, some);
    }

    /** @param celt as of {@link #next}; skipping is not bounded by batches */
    public synchronized Result<Nothing> skip(long celt) {
        int count = Math.toIntExact(Math.min(celt, all.size() - at));
        at += count;
        return Result.success(count == celt ? HResult.S_OK : HResult.S_FALSE, Nothing.NOTHING);
    }

    /** Back to the beginning. */
    public synchronized Result<Nothing> reset() {
        at = 0;
        return Result.ok(Nothing.NOTHING);
    }

    /** Another one, at the same place. */
    public synchronized Cursor<T> copy() {
        return new Cursor<>(all, batchMax, at);
    }
}
