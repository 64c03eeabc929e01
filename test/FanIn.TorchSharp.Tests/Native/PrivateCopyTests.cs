using System.Runtime.Versioning;

namespace FanIn.TorchSharp.Tests.Native;

[SupportedOSPlatform("linux")]
public sealed class PrivateCopyTests : IDisposable
{
    private static readonly byte[] Library = [.. Enumerable.Range(0, 100_000).Select(i => (byte)(i * 31 >> 3))];
    private readonly string _root;
    private readonly string _folder;
    private readonly string[] _siblings;

    public PrivateCopyTests()
    {
        Linux.Require();
        _root = Directory.CreateTempSubdirectory("fanin-tests-").FullName;
        _folder = PrivateFolder.Open(_root, "copy");
        string home = Directory.CreateDirectory(Path.Combine(_root, "home")).FullName;
        _siblings = [Path.Combine(home, "liba.so"), Path.Combine(home, "libb.so.1")];
        foreach (string sibling in _siblings)
        {
            File.WriteAllText(sibling, sibling);
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Holds_the_bytes_for_the_user_alone_and_links_its_siblings()
    {
        string copy = Write();

        Assert.Equal(Library, File.ReadAllBytes(copy));
        UnixFileMode others = ~(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(copy) & others);
        Assert.All(_siblings, sibling => Assert.Equal(sibling, Link(sibling).LinkTarget));
        AssertNothingElse();
    }

    [Fact]
    public void A_second_start_writes_nothing()
    {
        string copy = Write();
        DateTime old = new(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc);
        File.SetLastWriteTimeUtc(copy, old);
        Directory.SetLastWriteTimeUtc(_folder, old);

        Write();

        Assert.Equal(old, File.GetLastWriteTimeUtc(copy));
        Assert.Equal(old, Directory.GetLastWriteTimeUtc(_folder));
    }

    [Fact]
    public void A_tampered_or_half_copy_is_replaced()
    {
        string copy = Write();
        byte[] tampered = [.. Library];
        tampered[500] ^= 1;
        foreach (byte[] wrong in new[] { tampered, Library[..1000], [], [.. Library, 0] })
        {
            File.WriteAllBytes(copy, wrong);
            Assert.Equal(Library, File.ReadAllBytes(Write()));
        }

        AssertNothingElse();
    }

    [Fact]
    public void A_link_in_place_of_the_copy_is_replaced_and_its_target_left_alone()
    {
        string copy = Write();
        string target = Path.Combine(_root, "target");
        File.Move(copy, target);
        File.CreateSymbolicLink(copy, target);

        Write();

        Assert.Null(new FileInfo(copy).LinkTarget);
        Assert.Equal(Library, File.ReadAllBytes(target));
    }

    [Fact]
    public void Links_are_checked_at_each_start()
    {
        Write();
        File.Delete(Link(_siblings[0]).FullName);
        File.CreateSymbolicLink(Link(_siblings[0]).FullName, "/nowhere/evil.so");
        File.Delete(Link(_siblings[1]).FullName);
        File.WriteAllText(Link(_siblings[1]).FullName, "no link");

        Write();

        Assert.All(_siblings, sibling => Assert.Equal(sibling, Link(sibling).LinkTarget));
        AssertNothingElse();
    }

    [Fact]
    public void A_failure_leaves_no_temporary_file()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "library.so"));

        Assert.ThrowsAny<Exception>(() => Write());

        AssertNothingElse();
    }

    [Fact]
    public async Task Eight_at_once_leave_one_whole_copy()
    {
        using Barrier start = new(8);
        string[] copies = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            start.SignalAndWait();
                            string copy = Write();
                            Assert.Equal(Library, File.ReadAllBytes(copy));
                            return copy;
                        },
                        TestContext.Current.CancellationToken,
                        TaskCreationOptions.LongRunning,
                        TaskScheduler.Default
                    )
                )
        );

        Assert.Single(copies.Distinct());
        AssertNothingElse();
    }

    [Fact]
    public void The_key_depends_on_the_bytes_and_on_where_they_lie()
    {
        string[] keys =
        [
            PrivateCopy.Key([1, 2], ["/a"]),
            PrivateCopy.Key([1, 3], ["/a"]),
            PrivateCopy.Key([1, 2], ["/b"]),
            PrivateCopy.Key([1, 2], ["/a", "/b"]),
            PrivateCopy.Key([1, 2], ["/a/b"]),
        ];

        Assert.Distinct(keys);
        Assert.All(keys, key => Assert.Matches("^[0-9a-f]{64}$", key));
        Assert.Equal(keys[0], PrivateCopy.Key([1, 2], ["/a"]));
    }

    [Fact]
    public void Copies_of_removed_applications_are_pruned()
    {
        string cache = PrivateFolder.Open(_root, "cache");
        string kept = PrivateFolder.Open(cache, "kept");
        string orphan = PrivateFolder.Open(cache, "orphan");
        string removed = Path.Combine(_root, "removed.so");
        PrivateCopy.Write(kept, "library.so", Library, _siblings);
        PrivateCopy.Write(orphan, "library.so", Library, [.. _siblings, removed]);

        PrivateCopy.Prune(cache);

        Assert.True(File.Exists(Path.Combine(kept, "library.so")));
        Assert.False(Directory.Exists(orphan));
        Assert.All(_siblings, sibling => Assert.True(File.Exists(sibling)));
    }

    private string Write() => PrivateCopy.Write(_folder, "library.so", Library, _siblings);

    private FileInfo Link(string sibling) => new(Path.Combine(_folder, Path.GetFileName(sibling)));

    private void AssertNothingElse() =>
        Assert.Empty(
            Directory
                .EnumerateFileSystemEntries(_folder)
                .Select(Path.GetFileName)
                .Except(["library.so", "liba.so", "libb.so.1"])
        );
}
