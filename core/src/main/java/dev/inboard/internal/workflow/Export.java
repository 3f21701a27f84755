package dev.inboard.internal.workflow;

import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Progress;
import dev.inboard.spi.workflow.StoredInstance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A stored instance as one array of bytes: what a replay needs, and nothing else. */
final class Export {
  private static final int FORMAT = 1;

  private Export() {}

  static byte[] write(StoredInstance instance) {
    InstanceDefinition definition = instance.record().definition();
    ByteWriter out = new ByteWriter();
    out.number(FORMAT);
    out.text(definition.id());
    out.text(definition.name());
    out.text(definition.version());
    out.text(definition.executionId());
    out.bytes(definition.input());
    out.number(instance.record().progress().generation());
    out.number(instance.history().size());
    instance.history().forEach(out::bytes);
    return out.toBytes();
  }

  static StoredInstance read(byte[] bytes) {
    ByteReader in = new ByteReader(bytes);
    if (in.number() != FORMAT) {
      throw new IllegalArgumentException("not an exported workflow of a format known here");
    }
    Instant epoch = Instant.EPOCH;
    InstanceDefinition definition =
        new InstanceDefinition(
            in.text(), in.text(), in.text(), in.text(), in.bytes(), null, Map.of(), epoch, epoch);
    int generation = in.integer();
    int lines = in.integer();
    List<byte[]> history = new ArrayList<>();
    for (int i = 0; i < lines; i++) {
      byte[] line = in.bytes();
      history.add(line == null ? new byte[0] : line);
    }
    Progress created = Progress.created(epoch);
    Progress progress =
        new Progress(
            created.status(), generation, 0, null, "", null, null, null, epoch, null, 0, 0);
    return new StoredInstance(
        new InstanceRecord(definition, progress, null, null, 0), history, List.of());
  }
}
