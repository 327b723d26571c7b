namespace Crm.Api.Http;

/// <summary>The endpoints of one feature. Groups are found by looking at the assembly; there is no list to keep.</summary>
internal interface IEndpointGroup
{
    /// <summary>Maps the feature's endpoints.</summary>
    static abstract void Map(IEndpointRouteBuilder app);
}
