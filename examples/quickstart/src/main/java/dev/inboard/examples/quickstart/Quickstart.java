package dev.inboard.examples.quickstart;

import dev.inboard.Inboard;
import dev.inboard.common.InboardException;
import dev.inboard.workflow.WorkflowFailedException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The program: reads orders and stock, lets the shop handle them, prints how it went. */
public final class Quickstart {
  private static final int SUCCESS = 0;
  private static final int TROUBLE = 1;
  private static final int WRONG_USE = 2;

  private final PrintStream out;
  private final boolean terminal;

  private Quickstart(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  /** Runs the program; ends the process with status 0, or 2 for wrong use or configuration. */
  public static void main(String[] words) {
    System.exit(run(words, System.out, System.err));
  }

  static int run(String[] words, PrintStream out, PrintStream err) {
    if (Arrays.asList(words).contains("--help")) {
      out.print(Arguments.USAGE);
      return SUCCESS;
    }
    try {
      Path home = Path.of(System.getProperty("quickstart.home", "examples/quickstart"));
      new Quickstart(out, Boolean.getBoolean("quickstart.terminal"))
          .run(Arguments.parse(words, home));
      return SUCCESS;
    } catch (UsageException e) {
      err.println("quickstart: " + e.getMessage());
      err.print(Arguments.USAGE);
      return WRONG_USE;
    } catch (InboardException e) {
      err.println("quickstart: " + e.getMessage());
      return e.code().isTransient() ? TROUBLE : WRONG_USE;
    } catch (WorkflowFailedException e) {
      err.println("quickstart: " + e.getMessage());
      return TROUBLE;
    } catch (IOException e) {
      err.println("quickstart: cannot read or write: " + e);
      return WRONG_USE;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      err.println("quickstart: interrupted");
      return TROUBLE;
    }
  }

  private void run(Arguments arguments) throws IOException, InterruptedException {
    Map<String, Long> stock = StockFile.read(arguments.stock());
    ReceiptKey.createIn(arguments.data());
    OrderFile counted = new OrderFile(stock.keySet());
    long[] total = new long[1];
    counted.read(arguments.orders(), order -> total[0]++);

    long begin = System.nanoTime();
    Keys keys = new Keys(fingerprint(arguments));
    Office office = new Office(keys);
    Shop shop = new Shop(keys, stock, office);
    try (Inboard inboard =
        Inboard.builder()
            .appId("quickstart")
            .resources(arguments.resources())
            .dataFolder(arguments.data())
            .onOpen(office::open)
            .onOpen(shop::open)
            .subscribe("bus", Shop.ORDERS, Ticket.class, shop::handle)
            .subscribe("bus", Office.DESK, String.class, office::approve)
            .workflow(Fulfilment.NAME, Fulfilment.class)
            .activity(Fulfilment.PACK, Fulfilment.Parcel.class, (context, parcel) -> parcel.label())
            .activities(Accounts.class, office)
            .start()) {
      Progress progress = new Progress(out, terminal, total[0]);
      if (shop.decided() > 0) {
        out.println("going on after " + shop.decided() + " orders of an earlier run");
      }
      office.clearDesk();
      submitMissing(shop, arguments, keys, progress, stock);
      awaitAll(shop, total[0], progress);
      Report report = Report.of(counted, shop.shelves(stock.keySet()));
      Duration time = Duration.ofNanos(System.nanoTime() - begin);
      report.print(out, inboard.workflows().count(office.fulfilments()), time);
      Path file = arguments.report();
      if (file != null) {
        report.write(file);
      }
    }
  }

  /** Submits what an earlier run with the same files has not decided yet. */
  private static void submitMissing(
      Shop shop, Arguments arguments, Keys keys, Progress progress, Map<String, Long> stock)
      throws IOException {
    Map<String, Shelf> shelves = shop.shelves(stock.keySet());
    Map<String, Long> numbers = new HashMap<>();
    new OrderFile(stock.keySet())
        .read(
            arguments.orders(),
            order -> {
              long number = numbers.merge(order.sku(), 1L, Long::sum) - 1;
              Shelf shelf =
                  Objects.requireNonNull(shelves.get(order.sku())); // or the line is invalid
              if (number >= shelf.next()) {
                shop.submit(new Ticket(keys.run(), number, order));
                progress.show(shop.done());
              } else {
                shop.fulfilIfAccepted(order);
              }
            });
  }

  private static void awaitAll(Shop shop, long total, Progress progress)
      throws InterruptedException {
    while (shop.done() < total) {
      progress.show(shop.done());
      shop.throwFailure();
      TimeUnit.MILLISECONDS.sleep(20);
    }
    progress.show(total);
  }

  /** Names the pair of files, so that running with the same ones goes on where a crash ended. */
  private static String fingerprint(Arguments arguments) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : new Path[] {arguments.orders(), arguments.stock()}) {
        digest.update(
            Long.toString(Files.size(file)).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
          in.transferTo(java.io.OutputStream.nullOutputStream());
        }
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 6);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
