using System.Text.Json.Serialization;

namespace Unlearning.Host.Identity;

/// <summary>What the bearer of an access key is here to do; <see cref="RolePermissions"/> says what that allows.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Role>))]
public enum Role
{
    /// <summary>An application: asks the model and reports incidents.</summary>
    App,

    /// <summary>Reads everything but what people said.</summary>
    Viewer,

    /// <summary>A viewer who also judges incidents, and may read what was said.</summary>
    Reviewer,

    /// <summary>A viewer who also starts, stops and undoes.</summary>
    Operator,

    /// <summary>A viewer who also approves or rejects releases.</summary>
    Approver,

    /// <summary>May do everything, and makes keys.</summary>
    Admin,
}
