package dev.inboard.examples.quickstart;

import java.util.List;

/**
 * The steps of a fulfilment that are seen outside of it. Each may be done again when the process
 * died before its result was stored; the second time changes nothing.
 */
interface Accounts {
  /** What a receipt is written from. */
  record Bill(Order order, String payment, List<String> parcels, String clerk) {}

  /** Takes the money; returns the reference of the payment. */
  String charge(Order order);

  /** Puts a packed order on the clerk's desk. */
  void askForApproval(String fulfilment);

  /** Signs a receipt and files it. */
  Receipt writeReceipt(Bill bill);
}
