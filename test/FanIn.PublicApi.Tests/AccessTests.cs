using System.Reflection;
using System.Runtime.CompilerServices;
using FanIn;
using FanIn.TorchSharp;

namespace Outside;

/// <summary>This project proves something only as long as it sees what everybody sees.</summary>
public sealed class AccessTests
{
    [Theory]
    [InlineData(typeof(Initializer), "FanIn.Tests")]
    [InlineData(typeof(ModuleInitialization), "FanIn.TorchSharp.Tests")]
    public void NoLibraryShowsItsInternalsHere(Type ofLibrary, string friend)
    {
        string[] friends =
        [
            .. ofLibrary
                .Assembly.GetCustomAttributes<InternalsVisibleToAttribute>()
                .Select(attribute => new AssemblyName(attribute.AssemblyName).Name!),
        ];
        // Those of the library's own tests are there, so the list was read.
        Assert.Contains(friend, friends);
        Assert.DoesNotContain(Assembly.GetExecutingAssembly().GetName().Name, friends);
    }

    /// <summary>No public member speaks of a type that a user can't name.</summary>
    [Theory]
    [InlineData(typeof(Initializer))]
    [InlineData(typeof(ModuleInitialization))]
    public void EverySignatureIsPublic(Type ofLibrary) =>
        Assert.All(
            ofLibrary.Assembly.GetExportedTypes().SelectMany(type => type.GetMethods()),
            method =>
                Assert.All(
                    method.GetParameters().Select(parameter => parameter.ParameterType).Append(method.ReturnType),
                    type => Assert.True(IsVisible(type), $"{method.DeclaringType}.{method.Name} has {type}")
                )
        );

    private static bool IsVisible(Type type) =>
        type.HasElementType ? IsVisible(type.GetElementType()!) : type.IsGenericParameter || type.IsVisible;
}
