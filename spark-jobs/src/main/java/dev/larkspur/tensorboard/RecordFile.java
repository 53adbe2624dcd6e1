package dev.larkspur.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * The content of a TFRecord file (tensorflow.org, "TFRecord and tf.train.Example"): for each record
 * its length, 8 bytes, the masked CRC-32C of the length, 4 bytes, the record, and the masked
 * CRC-32C of the record, 4 bytes; all numbers little-endian.
 */
final class RecordFile {
  private static final int HEADER = Long.BYTES + Integer.BYTES;
  private static final int MASK = 0xA282EAD8;

  private RecordFile() {}

  static byte[] write(List<byte[]> records) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] record : records) {
      byte[] length = little(Long.BYTES).putLong(record.length).array();
      out.writeBytes(length);
      out.writeBytes(little(Integer.BYTES).putInt(maskedCrc(length)).array());
      out.writeBytes(record);
      out.writeBytes(little(Integer.BYTES).putInt(maskedCrc(record)).array());
    }
    return out.toByteArray();
  }

  /** The records up to the end, or up to the first one that an interrupted writer left damaged. */
  static List<byte[]> read(byte[] file) {
    ByteBuffer rest = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> records = new ArrayList<>();
    while (rest.remaining() > HEADER) {
      byte[] length = new byte[Long.BYTES];
      rest.get(length);
      long bytes = ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong();
      if (rest.getInt() != maskedCrc(length) || bytes > rest.remaining() - Integer.BYTES) {
        return records;
      }
      byte[] record = new byte[(int) bytes];
      rest.get(record);
      if (rest.getInt() != maskedCrc(record)) {
        return records;
      }
      records.add(record);
    }
    return records;
  }

  private static int maskedCrc(byte[] data) {
    CRC32C sum = new CRC32C();
    sum.update(data, 0, data.length);
    int crc = (int) sum.getValue();
    return Integer.rotateRight(crc, 15) + MASK;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
