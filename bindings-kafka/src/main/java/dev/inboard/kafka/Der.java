package dev.inboard.kafka;

import java.io.ByteArrayOutputStream;
import java.security.spec.InvalidKeySpecException;
import java.util.Arrays;

/** Puts older forms of private keys into the envelope (PKCS #8) that the JDK reads. */
final class Der {
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;
  private static final int EC_PARAMETERS = 0xa0;
  private static final byte[] VERSION = {0x02, 0x01, 0x00};

  /** 1.2.840.113549.1.1.1 with its empty parameters. */
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /** 1.2.840.10045.2.1, without the curve. */
  private static final byte[] EC = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private Der() {}

  /** Wraps a key in PKCS #1. */
  static byte[] rsaAsPkcs8(byte[] key) {
    return field(SEQUENCE, VERSION, RSA, field(OCTETS, key));
  }

  /** Wraps a key in the form of SEC 1 (RFC 5915); the curve stands inside. */
  static byte[] ecAsPkcs8(byte[] key) throws InvalidKeySpecException {
    byte[] curve = find(EC_PARAMETERS, key);
    return field(SEQUENCE, VERSION, field(SEQUENCE, EC, curve), field(OCTETS, key));
  }

  private static byte[] field(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream field = new ByteArrayOutputStream();
    field.write(tag);
    if (length < 0x80) {
      field.write(length);
    } else if (length < 0x100) {
      field.write(0x81);
      field.write(length);
    } else {
      field.write(0x82);
      field.write(length >> 8);
      field.write(length);
    }
    field.writeBytes(content.toByteArray());
    return field.toByteArray();
  }

  /** Returns the content of the first field with this tag inside the outermost sequence. */
  private static byte[] find(int tag, byte[] der) throws InvalidKeySpecException {
    try {
      int at = headerEnd(der, 0);
      while (at < der.length) {
        int begin = headerEnd(der, at);
        int end = begin + length(der, at);
        if ((der[at] & 0xff) == tag) {
          return Arrays.copyOfRange(der, begin, end);
        }
        at = end;
      }
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException e) {
      throw new InvalidKeySpecException("holds a private key that cannot be read");
    }
    throw new InvalidKeySpecException("holds an EC key that does not name its curve");
  }

  private static int headerEnd(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    int length = 0;
    for (int i = 0; i < (first & 0x7f); i++) {
      length = (length << 8) | (der[at + 2 + i] & 0xff);
    }
    return length;
  }
}
