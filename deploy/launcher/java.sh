# Part of deploy/larkspur: finds Java, and a locale that can name files.
# Sets java and java_version.

if [ -n "${JAVA_HOME:-}" ]; then
  java=$JAVA_HOME/bin/java
else
  java=java
fi
command -v "$java" >/dev/null 2>&1 ||
  fail "there is no Java: install Java 17 or 21 (for example the package openjdk-17-jdk), or set JAVA_HOME to one."
# A JDK has a file that names its version: to read it takes less time than to start Java.
java_version=
java_place=$(readlink -f "$(command -v "$java")" 2>/dev/null) || true
if [ -r "${java_place%/bin/java}/release" ]; then
  while IFS= read -r line; do
    case $line in
      JAVA_VERSION=* | JAVA_RUNTIME_VERSION=*)
        line=${line#*=\"}
        # The longer one names the build as well.
        [ ${#line} -le ${#java_version} ] || java_version=${line%\"*}
        ;;
    esac
  done <"${java_place%/bin/java}/release"
fi
if [ -z "$java_version" ]; then
  java_version=$("$java" -XshowSettings:properties -version 2>&1 |
    sed -n 's/^ *java\.specification\.version = \([0-9]*\).*/\1/p')
fi
release=${java_version%%[!0-9]*}
[ "${release:-0}" -ge 17 ] ||
  fail "this is Java ${release:-unknown}: install Java 17 or 21, or set JAVA_HOME to one."
[ "$release" -le 21 ] ||
  fail "this is Java $release, and Spark runs on Java 17 to 21: install one of these, or set JAVA_HOME to one."

# Java encodes the names of files as the locale says. Cron, systemd and containers have the locale C,
# in which files whose names are not ASCII would be missed.
if [ "$(locale charmap 2>/dev/null || true)" != UTF-8 ]; then
  for locale in C.UTF-8 en_US.UTF-8; do
    if [ "$(LC_ALL=$locale locale charmap 2>/dev/null || true)" = UTF-8 ]; then
      export LC_ALL=$locale
      break
    fi
  done
fi
