using System.Runtime.Versioning;

namespace FanIn.TorchSharp.Tests.Native;

[SupportedOSPlatform("linux")]
public sealed class PrivateFolderTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private readonly string _root;

    public PrivateFolderTests()
    {
        Linux.Require();
        _root = Directory.CreateTempSubdirectory("fanin-tests-").FullName;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Is_made_for_the_user_alone_and_found_again()
    {
        string folder = PrivateFolder.Open(_root, "a");

        Assert.Equal(OwnerOnly, File.GetUnixFileMode(folder));
        Assert.Equal(folder, PrivateFolder.Open(_root, "a"));
    }

    [Fact]
    public void Refuses_a_link_even_to_a_private_folder()
    {
        Directory.CreateSymbolicLink(Path.Combine(_root, "link"), PrivateFolder.Open(_root, "real"));

        Refuses("link");
    }

    [Theory]
    [InlineData(OwnerOnly | UnixFileMode.GroupWrite)]
    [InlineData(OwnerOnly | UnixFileMode.OtherRead | UnixFileMode.OtherExecute)]
    public void Refuses_a_folder_that_is_open_to_others(UnixFileMode mode)
    {
        File.SetUnixFileMode(Directory.CreateDirectory(Path.Combine(_root, "open")).FullName, mode);

        Refuses("open");
    }

    [Fact]
    public void Refuses_a_parent_where_others_could_replace_it()
    {
        File.SetUnixFileMode(_root, OwnerOnly | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute);
        Refuses("a");

        File.SetUnixFileMode(_root, File.GetUnixFileMode(_root) | UnixFileMode.StickyBit);
        PrivateFolder.Open(_root, "a");
    }

    [Fact]
    public void Refuses_a_folder_of_another_user()
    {
        // Only root can give a folder away; anyone else is refused the root folder, whose mode is not 0700 either.
        if (Environment.IsPrivilegedProcess)
        {
            string folder = PrivateFolder.Open(_root, "given-away");
            using System.Diagnostics.Process chown = System.Diagnostics.Process.Start("chown", ["65534", folder]);
            chown.WaitForExit();
            Refuses("given-away");
        }
        else
        {
            Assert.Throws<UnauthorizedAccessException>(() => PrivateFolder.Open("/", "root"));
        }
    }

    [Fact]
    public void Refuses_a_file_and_a_missing_parent()
    {
        File.WriteAllText(Path.Combine(_root, "file"), "");

        Assert.ThrowsAny<Exception>(() => PrivateFolder.Open(_root, "file"));
        Assert.Throws<IOException>(() => PrivateFolder.Open(Path.Combine(_root, "missing"), "a"));
        Assert.False(Directory.Exists(Path.Combine(_root, "missing")));
    }

    private void Refuses(string name)
    {
        UnauthorizedAccessException error = Assert.Throws<UnauthorizedAccessException>(() =>
            PrivateFolder.Open(_root, name)
        );
        Assert.Contains(_root, error.Message, StringComparison.Ordinal);
    }
}
