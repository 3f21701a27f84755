package dev.inboard.kafka;

import java.security.KeyStore;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import org.apache.kafka.common.security.auth.SslEngineFactory;
import org.jspecify.annotations.Nullable;

/** Gives the client the TLS context that its component has made. The client creates it by name. */
public final class PemEngines implements SslEngineFactory {
  /** The property under which the client's configuration holds the context. */
  static final String CONTEXT = "inboard.ssl.context";

  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

  private @Nullable SSLContext context; // set by configure, before anything else is called

  /** For the client. */
  public PemEngines() {}

  @Override
  public void configure(Map<String, ?> configuration) {
    context = (SSLContext) configuration.get(CONTEXT);
  }

  @Override
  public SSLEngine createClientSslEngine(
      String peerHost, int peerPort, @Nullable String endpointIdentification) {
    SSLEngine engine = Objects.requireNonNull(context, CONTEXT).createSSLEngine(peerHost, peerPort);
    engine.setUseClientMode(true);
    engine.setEnabledProtocols(PROTOCOLS);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm(endpointIdentification);
    engine.setSSLParameters(parameters);
    return engine;
  }

  @Override
  public SSLEngine createServerSslEngine(String peerHost, int peerPort) {
    throw new UnsupportedOperationException("this is a client");
  }

  @Override
  public boolean shouldBeRebuilt(Map<String, Object> nextConfiguration) {
    return false;
  }

  @Override
  public Set<String> reconfigurableConfigs() {
    return Set.of();
  }

  @Override
  public @Nullable KeyStore keystore() {
    return null;
  }

  @Override
  public @Nullable KeyStore truststore() {
    return null;
  }

  @Override
  public void close() {}
}
