package org.tandemopc.relay.ua.front;

import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import org.eclipse.milo.opcua.stack.core.NodeIds;
import org.eclipse.milo.opcua.stack.core.security.CertificateFactory;
import org.eclipse.milo.opcua.stack.core.security.CertificateGroup;
import org.eclipse.milo.opcua.stack.core.security.CertificateManager;
import org.eclipse.milo.opcua.stack.core.security.CertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.CertificateValidator;
import org.eclipse.milo.opcua.stack.core.security.MemoryCertificateQuarantine;
import org.eclipse.milo.opcua.stack.core.security.MemoryTrustListManager;
import org.eclipse.milo.opcua.stack.core.security.RsaSha256CertificateFactory;
import org.eclipse.milo.opcua.stack.core.security.TrustListManager;
import org.eclipse.milo.opcua.stack.core.types.builtin.ByteString;
import org.eclipse.milo.opcua.stack.core.types.builtin.NodeId;
import org.tandemopc.relay.ua.security.ApplicationCertificate;

/**
 * The present certificate of the door, as Milo's secure channels ask for it when they are opened; those of before open no
 * new ones. Any thread.
 */
final class DoorCertificates implements CertificateManager, CertificateGroup {
    private static final NodeId GROUP = NodeIds.ServerConfiguration_CertificateGroups_DefaultApplicationGroup;
    private static final NodeId TYPE = NodeIds.RsaSha256ApplicationCertificateType;

    private final FrontIdentity identity;
    private final CertificateValidator trust;
    private final TrustListManager unusedTrustList = new MemoryTrustListManager();
    private final CertificateQuarantine unusedQuarantine = new MemoryCertificateQuarantine();

    DoorCertificates(FrontIdentity identity, CertificateValidator trust) {
        this.identity = identity;
        this.trust = trust;
    }

    @Override
    public Optional<KeyPair> getKeyPair(ByteString thumbprint) {
        return isOurs(thumbprint) ? Optional.of(present().keyPair()) : Optional.empty();
    }

    @Override
    public Optional<X509Certificate> getCertificate(ByteString thumbprint) {
        return isOurs(thumbprint) ? Optional.of(present().certificate()) : Optional.empty();
    }

    @Override
    public Optional<X509Certificate[]> getCertificateChain(ByteString thumbprint) {
        return isOurs(thumbprint) ? Optional.of(chain()) : Optional.empty();
    }

    @Override
    public Optional<CertificateGroup> getCertificateGroup(ByteString thumbprint) {
        return isOurs(thumbprint) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public Optional<CertificateGroup> getCertificateGroup(NodeId certificateGroupId) {
        return GROUP.equals(certificateGroupId) ? Optional.of(this) : Optional.empty();
    }

    @Override
    public List<CertificateGroup> getCertificateGroups() {
        return List.of(this);
    }

    @Override
    public CertificateQuarantine getCertificateQuarantine() {
        return unusedQuarantine;
    }

    @Override
    public NodeId getCertificateGroupId() {
        return GROUP;
    }

    @Override
    public List<NodeId> getSupportedCertificateTypeIds() {
        return List.of(TYPE);
    }

    @Override
    public TrustListManager getTrustListManager() {
        return unusedTrustList;
    }

    @Override
    public List<Entry> getCertificateEntries() {
        return List.of(new Entry(GROUP, TYPE, chain()));
    }

    @Override
    public Optional<KeyPair> getKeyPair(NodeId certificateTypeId) {
        return TYPE.equals(certificateTypeId) ? Optional.of(present().keyPair()) : Optional.empty();
    }

    @Override
    public Optional<X509Certificate[]> getCertificateChain(NodeId certificateTypeId) {
        return TYPE.equals(certificateTypeId) ? Optional.of(chain()) : Optional.empty();
    }

    @Override
    public void updateCertificate(NodeId certificateTypeId, KeyPair keyPair, X509Certificate[] certificateChain) {
        throw new UnsupportedOperationException("certificates are not changed over OPC UA");
    }

    @Override
    public CertificateFactory getCertificateFactory() {
        return new RsaSha256CertificateFactory() {
            @Override
            protected X509Certificate[] createRsaSha256CertificateChain(KeyPair keyPair) {
                throw new UnsupportedOperationException("certificates are not changed over OPC UA");
            }
        };
    }

    @Override
    public CertificateValidator getCertificateValidator() {
        return trust;
    }

    private ApplicationCertificate present() {
        return identity.present();
    }

    private boolean isOurs(ByteString thumbprint) {
        return present().thumbprint().equals(thumbprint);
    }

    private X509Certificate[] chain() {
        return present().chain().toArray(X509Certificate[]::new);
    }
}
