package dev.larkspur.store;

import java.io.IOException;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;

/**
 * The parts of a file, one after another, each held against its SHA-256 as soon as it has been
 * read.
 */
final class CheckpointParts extends InputStream {
  private final RunDirectory run;
  private final CheckpointName checkpoint;
  private final Iterator<StoredFile> parts;
  private final byte[] single = new byte[1];
  private StoredFile part;
  private HashingStreams.Input in;

  CheckpointParts(RunDirectory run, CheckpointName checkpoint, List<StoredFile> parts) {
    this.run = run;
    this.checkpoint = checkpoint;
    this.parts = parts.iterator();
  }

  @Override
  public int read() throws IOException {
    return read(single, 0, 1) < 0 ? -1 : single[0] & 0xff;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    while (in != null || parts.hasNext()) {
      if (in == null) {
        part = parts.next();
        in = new HashingStreams.Input(run.open(checkpoint.file(part.name())));
      }
      int read = in.read(into, offset, length);
      if (read >= 0) {
        return read;
      }
      endPart();
    }
    return -1;
  }

  private void endPart() throws IOException {
    in.close();
    String sha256 = in.sha256Hex();
    in = null;
    if (!sha256.equals(part.sha256())) {
      throw CheckpointStore.damaged(
          run, checkpoint, checkpoint.file(part.name()), "its SHA-256 is not that of the manifest");
    }
  }

  @Override
  public void close() throws IOException {
    if (in != null) {
      in.close();
    }
  }
}
