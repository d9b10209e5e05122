"""A file system of a few megabytes of its own, for tests that fill it: an ext4 image on a loop device, else a tmpfs of bounded size.
Both need root."""
import os
import pathlib
import subprocess


class SmallDisk:
    """`kind` says what it is. FLORIN_SMALL_DISK=loop or tmpfs allows that kind alone."""

    def __init__(self, folder, mebibytes):
        self.mounted = pathlib.Path(folder) / "disk"
        self.mounted.mkdir()
        self.ballast = self.mounted / "ballast"
        self.image = pathlib.Path(folder) / "disk.img"
        reasons = []
        for kind, mount in (("loop", self.mount_loop), ("tmpfs", self.mount_tmpfs)):
            if os.environ.get("FLORIN_SMALL_DISK", kind) != kind:
                continue
            try:
                mount(mebibytes)
                self.kind = kind
                return
            except (subprocess.CalledProcessError, FileNotFoundError) as error:
                said = getattr(error, "stderr", None) or str(error)
                reasons.append(f"{kind}: {said.strip()}")
        self.kind = None
        self.reason = "no file system of bounded size can be mounted: " + "; ".join(reasons)

    def mount_loop(self, mebibytes):
        with open(self.image, "wb") as image:
            image.truncate(mebibytes << 20)
        run("mkfs.ext4", "-q", "-F", "-m", "0", self.image)
        run("mount", "-o", "loop", self.image, self.mounted)

    def mount_tmpfs(self, mebibytes):
        run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,mode=0700", "tmpfs", self.mounted)

    def free(self):
        space = os.statvfs(self.mounted)
        return space.f_bavail * space.f_frsize

    def fill_but(self, leave):
        """Takes all space but so many bytes, until release()."""
        with open(self.ballast, "wb") as file:
            os.posix_fallocate(file.fileno(), 0, max(1, self.free() - leave))

    def release(self):
        self.ballast.unlink(missing_ok=True)

    def close(self):
        if self.kind:
            run("umount", "-l", self.mounted)


def run(*command):
    subprocess.run([str(part) for part in command], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True)
