package dev.inboard.rabbitmq;

import dev.inboard.common.Secret;
import dev.inboard.spi.ComponentSpec;
import dev.inboard.spi.Option;
import dev.inboard.spi.pubsub.PubSubDriver;
import dev.inboard.spi.pubsub.PubSubProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Opens {@code pubsub.rabbitmq}: topics as exchanges, subscriptions as queues, in the layout of
 * Dapr's component.
 */
public final class RabbitMqPubSubProvider implements PubSubProvider {
  @Override
  public String type() {
    return "pubsub.rabbitmq";
  }

  @Override
  public List<Option<?>> options() {
    return PubSubFields.COMPONENT;
  }

  @Override
  public List<String> check(ComponentSpec spec) {
    List<String> problems = new ArrayList<>();
    try {
      BrokerAddress address = address(spec);
      boolean tls = spec.get(PubSubFields.PROTOCOL) == PubSubFields.Protocol.AMQPS;
      if (spec.has(PubSubFields.PROTOCOL) && address.tls() != tls) {
        problems.add("'protocol' and 'connectionString' do not agree; leave 'protocol' out");
      }
      tls(spec)
          .check(address.tls(), spec.get(PubSubFields.SASL_EXTERNAL), "saslExternal", problems);
    } catch (IllegalArgumentException e) {
      problems.add(String.valueOf(e.getMessage()));
    }
    return problems;
  }

  private static BrokerAddress address(ComponentSpec spec) {
    Secret whole = spec.get(PubSubFields.CONNECTION_STRING);
    if (whole != null) {
      return BrokerAddress.parse(PubSubFields.CONNECTION_STRING.name(), whole.reveal());
    }
    String protocol = spec.get(PubSubFields.PROTOCOL).name().toLowerCase(Locale.ROOT);
    BrokerAddress address =
        BrokerAddress.parse(
            PubSubFields.HOSTNAME.name(), protocol + "://" + spec.get(PubSubFields.HOSTNAME));
    String user = spec.get(PubSubFields.USERNAME);
    Secret password = spec.get(PubSubFields.PASSWORD);
    return user == null
        ? address
        : address.withLogin(user, password == null ? Secret.of("") : password);
  }

  private static Tls tls(ComponentSpec spec) {
    return new Tls(
        spec.get(PubSubFields.CA_CERT),
        spec.get(PubSubFields.CLIENT_CERT),
        spec.get(PubSubFields.CLIENT_KEY));
  }

  @Override
  public PubSubDriver open(ComponentSpec spec) {
    @Nullable String name = spec.get(PubSubFields.CLIENT_NAME);
    return RabbitMqPubSubDriver.open(
        spec,
        new ConnectionOptions(
            address(spec),
            tls(spec),
            spec.get(PubSubFields.SASL_EXTERNAL),
            spec.get(PubSubFields.HEARTBEAT),
            spec.get(PubSubFields.RECONNECT_WAIT),
            name == null ? "inboard-" + spec.appId() : name));
  }
}
