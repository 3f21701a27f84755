package dev.inboard.examples.quickstart;

import java.math.BigDecimal;

/** One valid line of the orders file. */
record Order(String id, String customer, String sku, long quantity, BigDecimal unitPrice) {
  BigDecimal amount() {
    return unitPrice.multiply(BigDecimal.valueOf(quantity));
  }
}
