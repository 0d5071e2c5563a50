# iki in a container, set up by the same script as everywhere else:
#
#   docker build -t iki .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/pindaian:/in:ro" -v "$PWD/tabel:/out" iki
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD/tabel:/out" iki export /out --format xlsx
FROM debian:13-slim

WORKDIR /opt/iki
COPY . .
# setup.sh goes on where a package cannot be had; an image without them is of no use.
RUN bash setup.sh run \
    && command -v pdftoppm tesseract \
    && .venv/bin/iki doctor \
    && rm -rf /var/lib/apt/lists/* /root/.cache \
    && useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin iki \
    && install -d -o iki -g iki /in /out

# Whoever runs it may be any user (--user) without a home of their own.
ENV HOME=/tmp \
    PATH=/opt/iki/.venv/bin:$PATH
USER iki
VOLUME ["/in", "/out"]
WORKDIR /out
ENTRYPOINT ["iki"]
CMD ["convert", "/in", "--out", "/out"]
