package org.tandemopc.dcom.orpc;

import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What a method gave: its HRESULT, and its [out] parameters if that is a success. S_FALSE with values is as ordinary as S_OK.
 * Immutable if the value is.
 *
 * @param hresult negative: a failure
 * @param valueOrNull null exactly if it is a failure
 */
public record Result<T>(int hresult, @Nullable T valueOrNull) {
    /** @throws IllegalArgumentException a failure with a value, or a success without */
    public Result {
        if (HResult.isSuccess(hresult) != (valueOrNull != null)) {
            throw new IllegalArgumentException(
                    "0x%08X %s a value".formatted(hresult, valueOrNull == null ? "without" : "with"));
        }
    }

    public static <T> Result<T> ok(T value) {
        return new Result<>(HResult.S_OK, value);
    }

    /** S_FALSE: done, and something is to be said about it, mostly in the values. */
    public static <T> Result<T> partly(T value) {
        return new Result<>(HResult.S_FALSE, value);
    }

    /** @param hresult not negative */
    public static <T> Result<T> success(int hresult, T value) {
        return new Result<>(hresult, value);
    }

    /** @param hresult negative */
    public static <T> Result<T> failure(int hresult) {
        return new Result<>(hresult, null);
    }

    public boolean isSuccess() {
        return HResult.isSuccess(hresult);
    }

    /** @throws NoSuchElementException it is a failure */
    public T value() {
        if (valueOrNull == null) {
            throw new NoSuchElementException("a failure has no value: 0x%08X".formatted(hresult));
        }
        return valueOrNull;
    }

    @Override
    public String toString() {
        return valueOrNull == null ? "0x%08X".formatted(hresult) : "0x%08X %s".formatted(hresult, valueOrNull);
    }
}
