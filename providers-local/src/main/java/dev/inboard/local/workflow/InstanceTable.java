package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.Claims;
import dev.inboard.spi.workflow.CreateOutcome;
import dev.inboard.spi.workflow.Creation;
import dev.inboard.spi.workflow.Delivery;
import dev.inboard.spi.workflow.InboxMessage;
import dev.inboard.spi.workflow.InstanceDefinition;
import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.Message;
import dev.inboard.spi.workflow.Ownership;
import dev.inboard.spi.workflow.PurgeOutcome;
import dev.inboard.spi.workflow.Start;
import dev.inboard.spi.workflow.TaskClaim;
import dev.inboard.spi.workflow.Turn;
import dev.inboard.spi.workflow.TurnOutcome;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All instances, and who owns which. Not thread-safe.
 *
 * <p>Three indexes keep every call independent of how many instances sleep or lie about: a queue of
 * unowned instances by the time they need attention, per node the instances it owns, and the
 * finished ones by age.
 */
final class InstanceTable {
  private static final Comparator<StoredRow> BY_WAKE =
      Comparator.comparing(
              (StoredRow row) -> row.queuedAt, Comparator.nullsLast(Comparator.naturalOrder()))
          .thenComparing(StoredRow::id);

  private final Clock clock;
  private final Nodes nodes;
  private final TaskTable tasks;
  private final Map<String, StoredRow> rows = new HashMap<>();
  private final TreeSet<StoredRow> queue = new TreeSet<>(BY_WAKE);
  private final FinishedRows finished = new FinishedRows();
  private final Map<String, Set<StoredRow>> owned = new HashMap<>();
  private final Map<String, Set<String>> mail = new HashMap<>();

  InstanceTable(Clock clock) {
    this.clock = clock;
    this.nodes = new Nodes(clock);
    this.tasks = new TaskTable(clock);
  }

  Nodes nodes() {
    return nodes;
  }

  TaskTable tasks() {
    return tasks;
  }

  @Nullable StoredRow find(String id) {
    return rows.get(id);
  }

  List<InstanceRecord> all() {
    return rows.values().stream().map(StoredRow::toRecord).toList();
  }

  Set<String> settled(Collection<String> ids) {
    Set<String> settled = new HashSet<>();
    for (String id : ids) {
      StoredRow row = rows.get(id);
      if (row == null || row.isFinished()) {
        settled.add(id);
      }
    }
    return settled;
  }

  List<InboxMessage> inbox(String id) {
    StoredRow row = rows.get(id);
    return row == null ? List.of() : row.inbox();
  }

  CreateOutcome create(Creation creation) {
    InstanceDefinition definition = creation.definition();
    StoredRow existing = rows.get(definition.id());
    if (existing != null && existing.definition.executionId().equals(definition.executionId())) {
      return new CreateOutcome(true, existing.toRecord(), List.of());
    }
    if (existing != null && !creation.reuse().permits(existing.progress.status())) {
      return new CreateOutcome(false, existing.toRecord(), List.of());
    }
    String owner = nodes.isLive(creation.node()) ? creation.node() : null;
    StoredRow row = insert(definition, existing, owner);
    List<InstanceRecord> started =
        creation.first() == null ? List.of() : write(row, creation.first(), owner);
    return new CreateOutcome(true, row.toRecord(), started);
  }

  private StoredRow insert(
      InstanceDefinition definition, @Nullable StoredRow replaced, @Nullable String owner) {
    StoredRow row = new StoredRow(definition, replaced == null ? 1 : replaced.epoch + 1);
    if (replaced != null) {
      finished.remove(replaced);
    }
    rows.put(definition.id(), row);
    if (owner != null) {
      own(row, owner);
    } else {
      enqueue(row);
    }
    return row;
  }

  Claims claim(String node, int max) {
    nodes.expired().forEach(this::orphan);
    Instant now = clock.instant();
    List<InstanceRecord> taken = new ArrayList<>();
    while (nodes.isLive(node) && taken.size() < max && !queue.isEmpty()) {
      StoredRow row = queue.first();
      if (row.queuedAt != null && row.queuedAt.isAfter(now)) {
        break;
      }
      dequeue(row);
      row.epoch++;
      row.recoveries += row.orphaned ? 1 : 0;
      row.orphaned = false;
      own(row, node);
      taken.add(row.toRecord());
    }
    Set<String> unread = mail.computeIfAbsent(node, id -> new LinkedHashSet<>());
    unread.removeIf(id -> !hasMail(id, node));
    return new Claims(taken, List.copyOf(unread), queue.isEmpty() ? null : queue.first().queuedAt);
  }

  private boolean hasMail(String id, String node) {
    StoredRow row = rows.get(id);
    return row != null && row.hasMail() && node.equals(row.owner);
  }

  TurnOutcome commit(Turn turn) {
    StoredRow row = rows.get(turn.ownership().id());
    if (row == null
        || !row.isOwnedBy(turn.ownership())
        || row.progress.turn() != turn.number()
        || row.isFinished()
        || (turn.inOrder() && !row.isRead(turn.consumed()))) {
      return TurnOutcome.FENCED;
    }
    List<InstanceRecord> started = write(row, turn, turn.ownership().node());
    return started.isEmpty() ? TurnOutcome.COMMITTED : new TurnOutcome(true, started);
  }

  private List<InstanceRecord> write(StoredRow row, Turn turn, @Nullable String node) {
    String owner = row.owner;
    if (turn.progress().status().isFinished()
        || turn.progress().generation() > row.progress.generation()) {
      tasks.removeAll(row);
    }
    row.apply(turn);
    tasks.add(row, turn.tasks());
    if (owner != null && row.owner == null) {
      disown(row, owner);
    }
    if (row.isFinished()) {
      finished.add(row);
    }
    turn.messages().forEach(this::deliver);
    List<InstanceRecord> started = new ArrayList<>();
    for (Start start : turn.starts()) {
      start(start, node, started);
    }
    return started;
  }

  private void start(Start start, @Nullable String node, List<InstanceRecord> started) {
    InstanceDefinition definition = start.definition();
    StoredRow existing = rows.get(definition.id());
    boolean free = existing == null || start.reuse().permits(existing.progress.status());
    if (free) {
      boolean later = definition.startAt().isAfter(clock.instant());
      StoredRow row = insert(definition, existing, later ? null : node);
      if (!later) {
        started.add(row.toRecord());
      }
    } else if (existing != null
        && start.ifTaken() != null
        && !existing.definition.executionId().equals(definition.executionId())) {
      deliver(start.ifTaken());
    }
  }

  boolean release(Ownership ownership) {
    StoredRow row = rows.get(ownership.id());
    if (row == null || !row.isOwnedBy(ownership)) {
      return false;
    }
    row.owner = null;
    disown(row, ownership.node());
    return true;
  }

  List<InstanceRecord> owned(String node) {
    return owned.getOrDefault(node, Set.of()).stream().map(StoredRow::toRecord).toList();
  }

  int leave(String node) {
    tasks.leave(node);
    return disown(node);
  }

  private int disown(String node) {
    nodes.leave(node);
    mail.remove(node);
    Set<StoredRow> rowsOfNode = owned.remove(node);
    if (rowsOfNode == null) {
      return 0;
    }
    for (StoredRow row : rowsOfNode) {
      row.owner = null;
      enqueue(row);
    }
    return rowsOfNode.size();
  }

  private void orphan(String node) {
    owned.getOrDefault(node, Set.of()).forEach(row -> row.orphaned = true);
    disown(node);
  }

  Delivery deliver(Message message) {
    StoredRow row = rows.get(message.target());
    if (row == null) {
      return Delivery.NOT_FOUND;
    }
    if (row.isFinished()) {
      return Delivery.FINISHED;
    }
    if (!row.put(message)) {
      return Delivery.DUPLICATE;
    }
    if (row.owner == null) {
      dequeue(row);
      enqueue(row);
    } else {
      mail.computeIfAbsent(row.owner, node -> new LinkedHashSet<>()).add(row.id());
    }
    return Delivery.DELIVERED;
  }

  boolean complete(TaskClaim claim, Message result) {
    boolean held = tasks.complete(claim);
    if (held) {
      deliver(result);
    }
    return held;
  }

  PurgeOutcome purge(String id, boolean force) {
    StoredRow row = rows.get(id);
    if (row == null) {
      return PurgeOutcome.NOT_FOUND;
    }
    if (!force && !row.isFinished()) {
      return PurgeOutcome.NOT_FINISHED;
    }
    if (row.owner != null) {
      owned.getOrDefault(row.owner, Set.of()).remove(row);
    }
    dequeue(row);
    finished.remove(row);
    tasks.removeAll(row);
    rows.remove(id);
    return PurgeOutcome.PURGED;
  }

  int purge(InstanceFilter filter, int max) {
    List<StoredRow> old = finished.find(filter, max);
    for (StoredRow row : old) {
      finished.remove(row);
      rows.remove(row.id());
    }
    return old.size();
  }

  private void own(StoredRow row, String node) {
    row.owner = node;
    owned.computeIfAbsent(node, id -> new LinkedHashSet<>()).add(row);
    if (row.hasMail()) {
      mail.computeIfAbsent(node, id -> new LinkedHashSet<>()).add(row.id());
    }
  }

  private void disown(StoredRow row, String node) {
    owned.getOrDefault(node, Set.of()).remove(row);
    enqueue(row);
  }

  private void enqueue(StoredRow row) {
    if (row.isFinished()) {
      return;
    }
    Instant now = clock.instant();
    Instant wake = row.wakeAt;
    if (row.hasMail()) {
      wake = wake == null || wake.isAfter(now) ? now : wake;
    }
    if (wake != null) {
      row.queuedAt = wake;
      queue.add(row);
    }
  }

  private void dequeue(StoredRow row) {
    if (row.queuedAt != null) {
      queue.remove(row);
      row.queuedAt = null;
    }
  }
}
