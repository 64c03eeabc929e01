using System.Runtime.Versioning;

namespace FanIn.TorchSharp.Tests.Native;

[SupportedOSPlatform("linux")]
public sealed class LibtorchBindingTests : IDisposable
{
    private readonly string _root;
    private readonly string _alone;

    public LibtorchBindingTests()
    {
        byte[] library = TorchSharpLibrary.Bytes();
        _root = Directory.CreateTempSubdirectory("fanin-tests-").FullName;
        _alone = Path.Combine(_root, "libLibTorchSharp.so");
        File.WriteAllBytes(_alone, library);
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_system_that_lacks_a_used_version_is_too_old()
    {
        string message = Refused(TorchSharpLibrary.Path, "libstdc++.so.6: version `GLIBCXX_3.4.30' not found");

        Assert.StartsWith("This system's libstdc++.so.6 is too old for TorchSharp", message, StringComparison.Ordinal);
        Assert.Contains("GLIBCXX_3.4.30", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_libtorch_beside_it_nothing_is_loaded()
    {
        string message = Refused(_alone, $"libstdc++.so.6: version `{TorchSharpLibrary.UnusedVersion}' not found");

        Assert.Contains("add the package libtorch-cpu-linux-x64", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_reason_is_passed_on()
    {
        string message = Refused(TorchSharpLibrary.Path, "libfoo.so: wrong ELF class");

        Assert.EndsWith("libfoo.so: wrong ELF class.", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_broken_library_is_not_loaded_in_any_form()
    {
        // Cut within its header: what is cut later is the system loader's to survive, and it does not.
        File.WriteAllBytes(_alone, TorchSharpLibrary.Bytes()[..40]);

        string message = Assert.Throws<DllNotFoundException>(() => LibtorchBinding.Load([_root])).Message;

        Assert.Contains(_alone, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_without_the_library_name_the_package_to_add()
    {
        File.Delete(_alone);

        string message = Assert.Throws<DllNotFoundException>(() => LibtorchBinding.Load([_root])).Message;

        Assert.Contains("add the package libtorch-cpu-linux-x64", message, StringComparison.Ordinal);
    }

    private static string Refused(string library, string message) =>
        Assert
            .Throws<DllNotFoundException>(() =>
                LibtorchBinding.LoadWithoutVersion(library, [], new DllNotFoundException(message))
            )
            .Message;
}
