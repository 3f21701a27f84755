package dev.inboard.redis;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lists instances, newest first: reads a stretch of every shard, merges them as far as all of them
 * reach, and goes on there. Filters here, so a filter that few meet reads many.
 */
final class WorkflowListing {
  private static final RedisScript PAGE = WorkflowRelay.script("page");
  private static final int SHORTEST = 16;
  private static final int LONGEST = 200;
  private static final Comparator<Place> ORDER =
      Comparator.comparingLong(Place::order)
          .thenComparing(place -> place.id().getBytes(UTF_8), Arrays::compareUnsigned);

  private final WorkflowShards shards;

  /** Where an instance stands in the list; the order is its creation time, negated. */
  record Place(long order, String id) {
    static Place of(InstanceRecord record) {
      return new Place(-record.definition().createdAt().toEpochMilli(), record.id());
    }

    static Place parse(String token) {
      int colon = token.indexOf(':');
      return new Place(Long.parseLong(token.substring(0, colon)), token.substring(colon + 1));
    }

    String token() {
      return order + ":" + id;
    }
  }

  WorkflowListing(WorkflowShards shards) {
    this.shards = shards;
  }

  CompletionStage<InstancePage> page(InstanceFilter filter, @Nullable String token, int size) {
    return matching(filter, token == null ? null : Place.parse(token), size + 1)
        .thenApply(
            found ->
                found.size() <= size
                    ? new InstancePage(List.copyOf(found), null)
                    : new InstancePage(
                        List.copyOf(found.subList(0, size)),
                        Place.of(found.get(size - 1)).token()));
  }

  /** Finds the first instances after a place that match. */
  CompletionStage<List<InstanceRecord>> matching(
      InstanceFilter filter, @Nullable Place after, int most) {
    int stretch = Math.max(SHORTEST, Math.min(most, LONGEST));
    return goOn(filter, after, most, stretch, new ArrayList<>());
  }

  private CompletionStage<List<InstanceRecord>> goOn(
      InstanceFilter filter,
      @Nullable Place after,
      int most,
      int stretch,
      List<InstanceRecord> found) {
    return shards
        .onAll(shard -> stretch(shard, after, stretch))
        .thenCompose(
            all -> {
              Place horizon = horizon(all, stretch);
              all.stream()
                  .flatMap(List::stream)
                  .filter(one -> horizon == null || ORDER.compare(Place.of(one), horizon) <= 0)
                  .sorted(Comparator.comparing(Place::of, ORDER))
                  .filter(filter::matches)
                  .limit(most - found.size())
                  .forEach(found::add);
              return horizon == null || found.size() >= most
                  ? CompletableFuture.completedStage(found)
                  : goOn(filter, horizon, most, stretch, found);
            });
  }

  /** Returns up to where the stretches of all shards reach; null when all of them are complete. */
  private static @Nullable Place horizon(List<List<InstanceRecord>> all, int stretch) {
    return all.stream()
        .filter(one -> one.size() == stretch)
        .map(one -> Place.of(one.get(one.size() - 1)))
        .min(ORDER)
        .orElse(null);
  }

  private CompletionStage<List<InstanceRecord>> stretch(
      int shard, @Nullable Place after, int stretch) {
    return shards
        .runOn(
            shard,
            PAGE,
            Stream.of(
                after == null ? "-inf" : Long.toString(after.order()),
                after == null ? "" : after.id(),
                Integer.toString(stretch)))
        .thenApply(WorkflowReplies::records);
  }
}
