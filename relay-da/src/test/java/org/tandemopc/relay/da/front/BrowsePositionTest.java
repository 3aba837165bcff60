package org.tandemopc.relay.da.front;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.tandemopc.dcom.orpc.ComPointer;
import org.tandemopc.dcom.orpc.HResult;
import org.tandemopc.dcom.orpc.Nothing;
import org.tandemopc.dcom.orpc.Result;
import org.tandemopc.opcda.IOPCBrowseServerAddressSpace;
import org.tandemopc.opcda.OpcBrowseDirection;
import org.tandemopc.opcda.OpcBrowseType;
import org.tandemopc.opcda.OpcNamespaceType;
import org.tandemopc.opcda.ole.IEnumString;

class BrowsePositionTest {
    private final BrowsePosition position = new BrowsePosition();

    /** At the root of a space that has every name but those missing. */
    private static final class Space implements IOPCBrowseServerAddressSpace {
        final List<String> at = new ArrayList<>();
        final boolean knowsTo;
        final List<String> missing;

        Space(boolean knowsTo, String... missing) {
            this.knowsTo = knowsTo;
            this.missing = List.of(missing);
        }

        @Override
        public Result<OpcNamespaceType> queryOrganization() {
            return Result.ok(OpcNamespaceType.HIERARCHICAL);
        }

        @Override
        public Result<Nothing> changeBrowsePosition(OpcBrowseDirection direction, String name) {
            if (direction == OpcBrowseDirection.TO) {
                if (!knowsTo) {
                    return Result.failure(HResult.E_INVALIDARG);
                }
                at.clear();
                at.addAll(List.of(name.split("\\.", -1)));
            } else if (direction == OpcBrowseDirection.UP) {
                at.removeLast();
            } else if (missing.contains(name)) {
                return Result.failure(HResult.E_FAIL);
            } else {
                at.add(name);
            }
            return Result.ok(Nothing.NOTHING);
        }

        @Override
        public Result<Optional<ComPointer<IEnumString>>> browseOpcItemIds(
                OpcBrowseType type, String filter, int dataType, int accessRights) {
            return Result.failure(HResult.E_NOTIMPL);
        }

        @Override
        public Result<String> getItemId(String name) {
            return Result.ok(String.join(".", at));
        }

        @Override
        public Result<Optional<ComPointer<IEnumString>>> browseAccessPaths(String itemId) {
            return Result.failure(HResult.E_NOTIMPL);
        }
    }

    private void goTo(Space space, String... names) throws Exception {
        for (String name : names) {
            assertThat(position.change(space, OpcBrowseDirection.DOWN, name).isSuccess())
                    .isTrue();
        }
    }

    @Test
    void aNewMemberIsBroughtByTheItemIdOrByItsNames() throws Exception {
        Space first = new Space(true);
        goTo(first, "a", "b", "c");
        assertThat(position.change(first, OpcBrowseDirection.UP, "").isSuccess())
                .isTrue();

        for (boolean knowsTo : new boolean[] {true, false}) {
            Space next = new Space(knowsTo);
            assertThat(position.bring(next).isSuccess()).isTrue();
            assertThat(next.at).containsExactly("a", "b");
        }
    }

    @Test
    void aPlaceThatIsNotThereFailsOnceAndThenTheRootIsThePosition() throws Exception {
        goTo(new Space(false), "a", "b");
        Space next = new Space(false, "b");

        assertThat(position.bring(next)).isEqualTo(Result.failure(HResult.E_FAIL));

        assertThat(next.at).isEmpty();
        assertThat(position.bring(next).isSuccess()).isTrue();
        assertThat(next.at).isEmpty();
    }

    /** Names are known no more after the client went by an item id. */
    @Test
    void whoWentByAnItemIdCannotBeBroughtByNames() throws Exception {
        assertThat(position.change(new Space(true), OpcBrowseDirection.TO, "a.b")
                        .isSuccess())
                .isTrue();

        assertThat(position.bring(new Space(false))).isEqualTo(Result.failure(HResult.E_INVALIDARG));
    }
}
