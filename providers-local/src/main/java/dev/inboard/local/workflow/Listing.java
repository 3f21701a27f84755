package dev.inboard.local.workflow;

import dev.inboard.spi.workflow.InstanceFilter;
import dev.inboard.spi.workflow.InstancePage;
import dev.inboard.spi.workflow.InstanceRecord;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts lists of instances into pages. A token is the creation time and the id of a page's last
 * instance.
 */
final class Listing {
  private static final Comparator<InstanceRecord> ORDER =
      Comparator.comparing((InstanceRecord instance) -> instance.definition().createdAt())
          .reversed()
          .thenComparing(InstanceRecord::id);

  private Listing() {}

  static InstancePage page(
      List<InstanceRecord> all, InstanceFilter filter, @Nullable String token, int size) {
    List<InstanceRecord> page =
        all.stream()
            .filter(filter::matches)
            .filter(instance -> token == null || isAfter(instance, token))
            .sorted(ORDER)
            .limit(size + 1L)
            .toList();
    if (page.size() <= size) {
      return new InstancePage(page, null);
    }
    InstanceRecord last = page.get(size - 1);
    return new InstancePage(
        page.subList(0, size), last.definition().createdAt().toEpochMilli() + " " + last.id());
  }

  private static boolean isAfter(InstanceRecord instance, String token) {
    int blank = token.indexOf(' ');
    Instant time = Instant.ofEpochMilli(Long.parseLong(token.substring(0, blank)));
    int byTime = time.compareTo(instance.definition().createdAt());
    return byTime > 0 || (byTime == 0 && instance.id().compareTo(token.substring(blank + 1)) > 0);
  }
}
