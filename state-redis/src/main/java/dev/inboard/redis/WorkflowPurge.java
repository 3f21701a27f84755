package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstanceRecord;
import dev.inboard.spi.workflow.InstanceStatus;
import dev.inboard.spi.workflow.PurgeOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Deletes instances. Those that are old enough are found by the time of their end, so that what is
 * to stay costs nothing; any other filter reads the list.
 */
final class WorkflowPurge {
  private static final RedisScript DONE = WorkflowRelay.script("done");
  private static final RedisScript PURGE = WorkflowRelay.script("purge");

  private final WorkflowShards shards;
  private final WorkflowListing listing;

  WorkflowPurge(WorkflowShards shards, WorkflowListing listing) {
    this.shards = shards;
    this.listing = listing;
  }

  /** Deletes one instance. */
  CompletionStage<PurgeOutcome> one(String id, boolean force) {
    return erase(shards.of(id), List.of(id), force).thenApply(outcomes -> outcomes.get(0));
  }

  /** Deletes finished instances that match, and answers how many; more than most it never is. */
  CompletionStage<Integer> matching(InstanceFilter filter, int most) {
    Set<InstanceStatus> statuses =
        (filter.statuses().isEmpty()
                ? Arrays.stream(InstanceStatus.values())
                : filter.statuses().stream())
            .filter(InstanceStatus::isFinished)
            .collect(Collectors.toUnmodifiableSet());
    if (!isByAge(filter)) {
      return listing
          .matching(with(statuses, filter), null, most)
          .thenCompose(
              found -> {
                Map<Integer, List<String>> byShard =
                    found.stream()
                        .map(InstanceRecord::id)
                        .collect(Collectors.groupingBy(shards::of));
                return sum(
                    byShard.entrySet().stream()
                        .map(each -> purged(each.getKey(), each.getValue()))
                        .toList());
              });
    }
    Instant before = filter.finishedBefore();
    List<Place> places = new ArrayList<>();
    for (InstanceStatus status : statuses) {
      for (int shard = 0; shard < shards.count(); shard++) {
        places.add(new Place(shard, status, before == null ? "+inf" : "(" + before.toEpochMilli()));
      }
    }
    return goOn(places, 0, most, 0);
  }

  /** Where instances that ended in one way are found, up to which score. */
  private record Place(int shard, InstanceStatus status, String end) {}

  private CompletionStage<Integer> goOn(List<Place> places, int next, int most, int purged) {
    if (next == places.size() || purged >= most) {
      return CompletableFuture.completedStage(purged);
    }
    Place place = places.get(next);
    Stream<String> arguments =
        Stream.of(place.status.name(), place.end, Integer.toString(most - purged));
    return shards
        .runOn(place.shard, DONE, arguments)
        .thenCompose(
            reply -> purged(place.shard, reply.stream().map(WorkflowReplies::text).toList()))
        .thenCompose(count -> goOn(places, next + 1, most, purged + count));
  }

  private CompletionStage<Integer> purged(int shard, List<String> ids) {
    return ids.isEmpty()
        ? CompletableFuture.completedStage(0)
        : erase(shard, ids, false)
            .thenApply(
                outcomes -> (int) outcomes.stream().filter(PurgeOutcome.PURGED::equals).count());
  }

  private CompletionStage<List<PurgeOutcome>> erase(int shard, List<String> ids, boolean force) {
    List<byte[]> arguments = new ArrayList<>();
    arguments.add((force ? "1" : "0").getBytes(UTF_8));
    ids.forEach(id -> arguments.add(id.getBytes(UTF_8)));
    return shards
        .run(PURGE, shard, ids, arguments)
        .thenApply(
            reply -> reply.stream().map(WorkflowReplies::text).map(PurgeOutcome::valueOf).toList());
  }

  private static CompletionStage<Integer> sum(List<CompletionStage<Integer>> counts) {
    CompletionStage<Integer> sum = CompletableFuture.completedStage(0);
    for (CompletionStage<Integer> count : counts) {
      sum = sum.thenCombine(count, Integer::sum);
    }
    return sum;
  }

  /** Says whether nothing but the status and the time of the end decides. */
  private static boolean isByAge(InstanceFilter filter) {
    return filter.equals(
        new InstanceFilter(
            filter.statuses(), null, null, null, null, null, filter.finishedBefore(), Map.of()));
  }

  private static InstanceFilter with(Set<InstanceStatus> statuses, InstanceFilter filter) {
    return new InstanceFilter(
        statuses,
        filter.name(),
        filter.idPrefix(),
        filter.parentId(),
        filter.createdFrom(),
        filter.createdBefore(),
        filter.finishedBefore(),
        filter.tags());
  }
}
