package dev.inboard.examples.quickstart;

import dev.inboard.common.Secret;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * What a customer gets for an accepted order.
 *
 * @param parcels their labels
 * @param signature proves that the shop wrote it: HMAC-SHA256 over the other fields, in hexadecimal
 */
record Receipt(
    String order,
    String customer,
    String sku,
    long quantity,
    BigDecimal amount,
    String payment,
    List<String> parcels,
    String clerk,
    String signature) {
  private static final String ALGORITHM = "HmacSHA256";

  static Receipt sign(Accounts.Bill bill, Secret key) {
    Order order = bill.order();
    String text =
        String.join(
            "\n",
            order.id(),
            order.customer(),
            order.sku(),
            Long.toString(order.quantity()),
            order.amount().toPlainString(),
            bill.payment(),
            String.join("\n", bill.parcels()),
            bill.clerk());
    return new Receipt(
        order.id(),
        order.customer(),
        order.sku(),
        order.quantity(),
        order.amount(),
        bill.payment(),
        bill.parcels(),
        bill.clerk(),
        hmac(text, key));
  }

  private static String hmac(String text, Secret key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(key.reveal().getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
