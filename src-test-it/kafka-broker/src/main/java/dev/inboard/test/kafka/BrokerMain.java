package dev.inboard.test.kafka;

import kafka.Kafka;
import kafka.tools.StorageTool;

/**
 * Formats the data folder of a broker if it is new, and runs the broker until the process is told
 * to end.
 */
public final class BrokerMain {
  private BrokerMain() {}

  /**
   * Runs a broker.
   *
   * @param arguments the id of the cluster and the path of {@code server.properties}
   */
  public static void main(String[] arguments) {
    String clusterId = arguments[0];
    String properties = arguments[1];
    String[] format = {"format", "--ignore-formatted", "-t", clusterId, "-c", properties};
    int status = StorageTool.execute(format, System.out);
    if (status != 0) {
      System.exit(status);
    }
    Kafka.main(new String[] {properties});
  }
}
