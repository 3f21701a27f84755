package dev.inboard.spi.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Asks for entries by their values, page by page.
 *
 * <p>Pages are counted by position, so an entry that comes or goes between two of them can shift
 * others from one page to the next: they may be missed or seen twice.
 *
 * @param filter which entries
 * @param order by which fields they are sorted, the first one first. Of each, numbers come before
 *     texts, and entries that have neither come last, whatever the direction; what is equal is
 *     sorted by key.
 * @param limit the most entries in the answer, 1 to 10,000
 * @param token from the page before, or null for the first page
 */
public record StateQuery(StateFilter filter, List<Order> order, int limit, @Nullable String token) {
  /** As many entries as a page has when nobody says how many. */
  public static final int DEFAULT_LIMIT = 100;

  private static final int LONGEST_PAGE = 10_000;

  /**
   * Sorts by a field.
   *
   * @param path of the field, as in {@link StateFilter}
   */
  public record Order(String path, boolean descending) {
    /** Checks the path. */
    public Order {
      StateFilter unused = StateFilter.eq(path, ""); // knows what a path is
    }
  }

  /** Checks the limit. */
  public StateQuery {
    order = List.copyOf(order);
    if (limit < 1 || limit > LONGEST_PAGE) {
      throw new IllegalArgumentException("the limit " + limit + " is not between 1 and 10,000");
    }
  }

  /** Asks for the entries that match a filter, in the order of their keys. */
  public static StateQuery of(StateFilter filter) {
    return new StateQuery(filter, List.of(), DEFAULT_LIMIT, null);
  }

  /** Sorts by a field, from the least to the greatest, after those named before. */
  public StateQuery orderBy(String path) {
    return ordered(new Order(path, false));
  }

  /** Sorts by a field, from the greatest to the least, after those named before. */
  public StateQuery orderByDescending(String path) {
    return ordered(new Order(path, true));
  }

  private StateQuery ordered(Order next) {
    List<Order> all = new ArrayList<>(order);
    all.add(next);
    return new StateQuery(filter, all, limit, token);
  }

  /** Asks for at most this many entries. */
  public StateQuery withLimit(int limit) {
    return new StateQuery(filter, order, limit, token);
  }

  /** Asks for the page that a token of the one before leads to. */
  public StateQuery withToken(@Nullable String token) {
    return new StateQuery(filter, order, limit, token);
  }
}
