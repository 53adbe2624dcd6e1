package dev.larkspur.corpus;

import java.io.IOException;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.util.HadoopStreams;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A shard for Parquet to read, of the length that the manifest gives.
 *
 * @param length checked against the file when the corpus was opened
 */
record ShardInput(FileSystem files, Path path, long length) implements InputFile {
  @Override
  public long getLength() {
    return length;
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    return new StoredStream(StoredStream.reading(() -> HadoopStreams.wrap(files.open(path))));
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
