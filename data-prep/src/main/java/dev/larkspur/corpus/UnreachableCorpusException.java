package dev.larkspur.corpus;

import dev.larkspur.storage.TaskFailures;
import dev.larkspur.storage.TryAgainException;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A file of a corpus cannot be read from this host, though it may be whole: the folder is not there
 * on every host, or its storage is away for now. Another host, or a later try, may reach it.
 */
public final class UnreachableCorpusException extends TryAgainException {
  private static final long serialVersionUID = 1L;

  UnreachableCorpusException(Object file, Throwable cause) {
    super(
        "Cannot read "
            + file
            + " on "
            + host()
            + " ("
            + TaskFailures.rootMessage(cause)
            + "): the corpus must be reachable under the same path, and readable, on every host"
            + " that runs a worker. Nothing says that it is damaged.",
        cause);
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      return "this host";
    }
  }
}
