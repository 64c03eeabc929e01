using System.Diagnostics;

namespace FanIn.Checkpoints.Tests;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private string[] Names => [.. Directory.EnumerateFiles(_folder.Path).Select(Path.GetFileName)!];

    [Fact]
    public void AFileIsThereAfterCommitAndNotBefore()
    {
        using AtomicFile file = AtomicFile.Create(_folder["sub/a.bin"]);
        file.Stream.Write([1, 2, 3]);
        file.Stream.Flush();
        Assert.False(File.Exists(_folder["sub/a.bin"]));
        Assert.True(File.Exists(file.TemporaryPath));
        file.Commit();
        Assert.Equal([1, 2, 3], File.ReadAllBytes(_folder["sub/a.bin"]));
        Assert.False(File.Exists(file.TemporaryPath));
        Assert.Throws<InvalidOperationException>(file.Commit);
    }

    /// <summary>In any order, over one another: the last bytes at a position count.</summary>
    [Fact]
    public void WhatIsWrittenThroughIsThere()
    {
        byte[] expected = new byte[300_000];
        new Random(1).NextBytes(expected);
        using (AtomicFile file = AtomicFile.Create(_folder["a.bin"], expected.Length))
        {
            file.WriteThrough(new byte[1000], 99_999);
            file.WriteThrough(expected.AsSpan(100_000), 100_000);
            file.WriteThrough([], 0);
            file.WriteThrough(expected.AsSpan(0, 100_000), 0);
            Assert.Throws<ArgumentOutOfRangeException>(() => file.WriteThrough([1], -1));
            file.Commit();
        }
        Assert.Equal(expected, File.ReadAllBytes(_folder["a.bin"]));
    }

    /// <summary>Those of this file and of no other; whoever is still at one loses no file.</summary>
    [Fact]
    public void LeftoversGo()
    {
        using AtomicFile late = AtomicFile.Create(_folder["a.bin"]);
        _folder.Write(".a.bin.0f3c.tmp", [1]);
        _folder.Write(".ab.bin.0f3c.tmp", [1]);
        _folder.Write(".a.bin.mine.tmp", [1]);
        AtomicFile.Write(_folder["a.bin"], [2]);
        AtomicFile.RemoveLeftovers(_folder["a.bin"]);
        Assert.Equal([".a.bin.mine.tmp", ".ab.bin.0f3c.tmp", "a.bin"], Names.Order(StringComparer.Ordinal));
        Assert.Throws<FileNotFoundException>(late.Commit);
        Assert.Equal([2], File.ReadAllBytes(_folder["a.bin"]));
    }

    [Fact]
    public void WhatIsGivenUpLeavesNothing()
    {
        _folder.Write("a.bin", [9]);
        using (AtomicFile file = AtomicFile.Create(_folder["a.bin"]))
        {
            file.Stream.Write([1, 2, 3]);
        }
        Assert.Equal(["a.bin"], Names);
        Assert.Equal([9], File.ReadAllBytes(_folder["a.bin"]));
    }

    [Fact]
    public void SeveralAtOnceDontDisturbEachOtherAndTheLastStays()
    {
        using AtomicFile first = AtomicFile.Create(_folder["a.bin"]);
        using AtomicFile second = AtomicFile.Create(_folder["a.bin"]);
        Assert.NotEqual(first.TemporaryPath, second.TemporaryPath);
        first.Stream.WriteByte(1);
        second.Stream.WriteByte(2);
        second.Commit();
        Assert.Equal([2], File.ReadAllBytes(_folder["a.bin"]));
        first.Commit();
        Assert.Equal([1], File.ReadAllBytes(_folder["a.bin"]));
        Assert.Equal(["a.bin"], Names);
    }

    [Fact]
    public void WhoReadsTheOldFileKeepsIt()
    {
        AtomicFile.Write(_folder["a.bin"], [1, 1]);
        using FileStream reader = File.OpenRead(_folder["a.bin"]);
        AtomicFile.Write(_folder["a.bin"], [2, 2]);
        Assert.Equal(1, reader.ReadByte());
        Assert.Equal([2, 2], File.ReadAllBytes(_folder["a.bin"]));
    }

    [Fact]
    public void PositionsMayBeWrittenInAnyOrder()
    {
        using AtomicFile file = AtomicFile.Create(_folder["a.bin"]);
        Parallel.For(0, 16, i => RandomAccess.Write(file.Handle, [(byte)(15 - i)], 15 - i));
        file.Commit();
        Assert.Equal(Enumerable.Range(0, 16).Select(i => (byte)i), File.ReadAllBytes(_folder["a.bin"]));
    }

    [Fact]
    public void RoomThatIsTakenBeforeDoesntMakeTheFileLonger()
    {
        using AtomicFile file = AtomicFile.Create(_folder["a.bin"], preallocate: 1 << 16);
        file.Stream.WriteByte(1);
        file.Commit();
        Assert.Equal([1], File.ReadAllBytes(_folder["a.bin"]));
    }

    [Fact]
    public void RoomThatIsntThereIsSaidAtOnceAndNothingIsLeft()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "whether room can be taken before depends on the file system");
        Assert.ThrowsAny<IOException>(() => AtomicFile.Create(_folder["a.bin"], preallocate: 1L << 60).Dispose());
        Assert.Empty(Names);
    }

    [Fact]
    public void ALinkIsReplacedAndItsTargetLeftAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        _folder.Write("target", [7]);
        File.CreateSymbolicLink(_folder["a.bin"], _folder["target"]);
        AtomicFile.Write(_folder["a.bin"], [1]);
        Assert.Equal([7], File.ReadAllBytes(_folder["target"]));
        Assert.Null(new FileInfo(_folder["a.bin"]).LinkTarget);
    }

    [Fact]
    public void NamesAsLongAsTheSystemHasThemWork()
    {
        string name = string.Concat(Enumerable.Repeat("\u00e9", 120)) + ".safetensors";
        AtomicFile.Write(_folder[name], [1]);
        Assert.Equal([name], Names);
    }

    [Fact]
    public void WhatCantBeThereIsSaid()
    {
        Assert.StartsWith(
            $"'{_folder.Path}' is a folder",
            Assert.Throws<IOException>(() => AtomicFile.Create(_folder.Path)).Message
        );
        _folder.Write("file", [1]);
        Assert.ThrowsAny<IOException>(() => AtomicFile.Create(_folder["file/a.bin"]));
        Assert.Throws<ArgumentException>(() => AtomicFile.Create(""));
    }

    /// <summary>Of two who want a new name one gets it; the other leaves nothing.</summary>
    [Fact]
    public void ANewNameIsGivenOnce()
    {
        using AtomicFile first = AtomicFile.Create(_folder["a.bin"]);
        using AtomicFile second = AtomicFile.Create(_folder["a.bin"]);
        first.Stream.WriteByte(1);
        second.Stream.WriteByte(2);
        Assert.True(second.TryCommitNew());
        Assert.False(first.TryCommitNew());
        Assert.Equal([2], File.ReadAllBytes(_folder["a.bin"]));
        Assert.Equal(["a.bin"], Names);
        Assert.Throws<InvalidOperationException>(() => first.TryCommitNew());
        Assert.Throws<InvalidOperationException>(second.Commit);
    }

    [Fact]
    public void ANewNameNeedsItsFile()
    {
        using AtomicFile late = AtomicFile.Create(_folder["a.bin"]);
        File.Delete(late.TemporaryPath);
        Assert.Throws<FileNotFoundException>(() => late.TryCommitNew());
        Assert.Empty(Names);
    }

    /// <summary>Links to nothing and folders have the name too.</summary>
    [Fact]
    public void WhatIsntAFileHasItsNameToo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need a right there");
        using (AtomicFile file = AtomicFile.Create(_folder["link"]))
        {
            File.CreateSymbolicLink(_folder["link"], "nowhere");
            Assert.False(file.TryCommitNew());
        }
        using (AtomicFile file = AtomicFile.Create(_folder["folder"]))
        {
            Directory.CreateDirectory(_folder["folder"]);
            Assert.False(file.TryCommitNew());
        }
        Assert.Equal("nowhere", new FileInfo(_folder["link"]).LinkTarget);
    }

    /// <summary>A disk of 64 KiB: what doesn't fit is said, and the buffer that is left isn't written on the way out.</summary>
    [Fact]
    public void AFullDiskLeavesNothing()
    {
        string disk = Directory.CreateDirectory(_folder["disk"]).FullName;
        Assert.SkipUnless(
            OperatingSystem.IsLinux() && Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", disk),
            "needs the right to mount a small disk"
        );
        try
        {
            string path = Path.Combine(disk, "a.bin");
            AtomicFile.Write(path, [9]);
            using (AtomicFile file = AtomicFile.Create(path))
            {
                // Less than the stream's buffer: only the commit finds that there is no room.
                file.Stream.Write(new byte[100_000]);
                Assert.ThrowsAny<IOException>(file.Commit);
            }
            using (AtomicFile file = AtomicFile.Create(path))
            {
                file.Stream.Write(new byte[100_000]);
                Assert.ThrowsAny<IOException>(() => file.TryCommitNew());
            }
            using (AtomicFile file = AtomicFile.Create(path))
            {
                Assert.ThrowsAny<IOException>(() => file.WriteThrough(new byte[100_000], 0));
            }
            Assert.ThrowsAny<IOException>(() => AtomicFile.Create(path, preallocate: 100_000).Dispose());
            Assert.Equal(["a.bin"], Directory.EnumerateFiles(disk).Select(Path.GetFileName));
            Assert.Equal([9], File.ReadAllBytes(path));
        }
        finally
        {
            Assert.True(Run("umount", disk));
        }

        static bool Run(string program, params string[] arguments)
        {
            try
            {
                using var process = Process.Start(
                    new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
                )!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                return false;
            }
        }
    }
}
