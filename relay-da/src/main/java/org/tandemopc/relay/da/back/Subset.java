package org.tandemopc.relay.da.back;

import java.util.ArrayList;
import java.util.List;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.opcda.params.Ints;

/**
 * The items of a call that a member can be asked for, and the errors of those that it cannot. Brings what the member answers back
 * to the places of the whole call. Pure, immutable.
 *
 * @param theirs the member's handles, in the order of the call
 * @param errors of the whole call: S_OK for each that the member is asked for
 */
record Subset(Ints theirs, Ints errors) {
    boolean isEmpty() {
        return theirs.isEmpty();
    }

    /** Of parameters for the whole call, those that belong to {@link #theirs}. */
    <T> List<T> select(List<T> all) {
        List<T> some = new ArrayList<>(theirs.size());
        for (int i = 0; i < errors.size(); i++) {
            if (errors.at(i) == HResult.S_OK) {
                some.add(all.get(i));
            }
        }
        return some;
    }

    Ints select(Ints all) {
        return Ints.copyOf(select((List<Integer>) all));
    }

    /** The errors of the whole call. @param answered by the member, as many as it was asked for */
    Ints merge(Ints answered) {
        int[] all = errors.toInts();
        int next = 0;
        for (int i = 0; i < all.length; i++) {
            if (all[i] == HResult.S_OK) {
                all[i] = answered.at(next);
                next++;
            }
        }
        return Ints.of(all);
    }

    /** The values of the whole call. @param none stands where the member was not asked */
    <T> List<T> merge(List<T> answered, T none) {
        List<T> all = new ArrayList<>(errors.size());
        int next = 0;
        for (int error : errors) {
            if (error == HResult.S_OK) {
                all.add(answered.get(next));
                next++;
            } else {
                all.add(none);
            }
        }
        return all;
    }

    /** S_OK if all are, a success of the member as it is; S_FALSE where some are no plain S_OK. */
    static int overall(int hresult, Ints errors) {
        boolean isAll = errors.stream().allMatch(error -> error == HResult.S_OK);
        return isAll ? hresult : HResult.isSuccess(hresult) ? HResult.S_FALSE : hresult;
    }
}
